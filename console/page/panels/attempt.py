"""Try it: a picture goes through the inference workflow, and its way lights up."""

from __future__ import annotations

import asyncio
import base64

from nicegui import events, ui

from console.page import topics
from console.page.context import Context
from console.page.data import inference
from console.page.data.graph import Graph
from console.page.data.inference import LARGEST, Path
from console.page.parts.elements import Clock, box, facts, heading, link, text
from console.page.parts.graph import Diagram, Look
from console.page.parts.live import Live
from console.page.parts.state import State
from console.page.trouble import tell

_SHOWN = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}
# The library's own header names neither its button nor its field. The field covers the label that names it.
_HEADER = """
<div class="row-of drop">
  <q-btn no-caps unelevated color="blue-10" icon="add_photo_alternate" label="Choose a picture" class="choose"
    @click="props.pickFiles" />
  <label class="relative-position">or drop a PNG or JPEG here<q-uploader-add-trigger /></label>
</div>
"""
_READ_ONLY = "This page is read-only; start it with --allow-actions to send pictures through the workflow."


def show(context: Context) -> None:
    """Build the panel."""
    Panel(context)


class Panel:
    """A place to drop a picture, the workflow's graph, and the answer."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock = Clock()
        self._diagram: Diagram | None = None
        self._graph = Graph((), ())
        heading("Try it", 1)
        with box("two", "broad"):
            with box("sheet"):
                Live(context.poller, topics.workflow_graph(context), self._draw_graph)
            with box("stack"):
                if context.may_act:
                    self._build_upload()
                else:
                    text(_READ_ONLY, "empty", tag="p")
                self._answer = box("stack").props("aria-live=polite")

    def _build_upload(self) -> None:
        self._upload = (
            ui.upload(
                auto_upload=True,
                max_file_size=LARGEST,
                on_upload=self._take,
                on_rejected=lambda: ui.notify(f"At most {LARGEST // 2**20} MB are taken.", type="warning"),
            )
            .props("accept=image/png,image/jpeg flat bordered")
            .classes("wide upload")
        )
        self._upload.add_slot("header", _HEADER)

    def _draw_graph(self, graph: Graph) -> None:
        self._graph = graph
        if not graph.rows:
            text("No version serves yet; approve one in the registry.", "empty", tag="p")
            return
        self._diagram = Diagram(graph, self._looks(None), self._clock, None)

    async def _take(self, event: events.UploadEventArguments) -> None:
        content = await event.file.read()
        self._upload.reset()
        self._answer.clear()
        if self._diagram:
            self._diagram.show(self._looks(None))
        with self._answer:
            _picture(content, event.file.name)
            try:
                arn = await asyncio.to_thread(inference.start, self._context.source, event.file.name, content)
            except Exception as error:
                with box("banner", "bad"):
                    text(tell(error), "wrap")
                return
            Live(self._context.poller, topics.run(self._context, arn), self._draw_path, waiting="On its way …")

    def _draw_path(self, path: Path) -> None:
        if self._diagram:
            self._diagram.show(self._looks(path))
        with box("sheet", "stack", "answer"):
            if path.retries:
                text(f"{path.retries} attempts failed and were made again or given up.", "faint")
            if path.status == "RUNNING":
                State("RUNNING")
            elif path.output.get("status"):
                _draw_answer(path)
            else:
                State("Failed")
                text(path.error or f"The workflow ended as {path.status}.", "wrap")

    def _looks(self, path: Path | None) -> dict[str, Look]:
        entered = dict(path.entered) if path else {}
        names = [name for row in self._graph.rows for name in row]
        unreached = "" if path is None else "Waiting" if path.status == "RUNNING" else "Not reached"
        return {name: Look(entered.get(name, unreached), reached=name in entered) for name in names}


def _picture(content: bytes, name: str) -> None:
    kind = next((kind for kind, start in _SHOWN.items() if content.startswith(start)), None)
    with box("row-of"):
        if kind and len(content) < 2**20:
            made = ui.image(f"data:{kind};base64,{base64.b64encode(content).decode()}").style("width: 96px")
            made.props["alt"] = f"The picture {name}"
        text(name, "mono", "wrap")


def _draw_answer(path: Path) -> None:
    said = path.output
    State(str(said["status"]))
    heading(f"{said.get('label')}, {float(said.get('confidence', 0)):.1%} sure")
    if said["status"] == "NEEDS_REVIEW":
        text("The model is not sure enough: a person decides.", "wrap")
    else:
        text(f"Assigned to {said.get('assignment')}.")
    chances = said.get("probabilities", {})
    facts(
        [
            *((f"chance of {label}", f"{float(chance):.1%}") for label, chance in chances.items()),
            ("picture", str(said.get("image_uri", ""))),
            ("for review", str(said.get("review_uri", ""))),
            ("inference id", str(said.get("inference_id", ""))),
        ]
    )
    if said.get("model_version"):
        link(f"Answered by version {said['model_version']}", f"/version/{said['model_version']}")
