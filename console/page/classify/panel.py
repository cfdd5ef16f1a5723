"""The panel Classify: an image goes through the inference workflow, state by state."""

from __future__ import annotations

import asyncio
import base64

from nicegui import events, ui

from console.formats import size
from console.page.classify import reader, topic
from console.page.classify.reader import LARGEST, Execution
from console.page.context import Context
from console.page.errors import format_error
from console.page.graph import Graph
from console.page.parts.diagram import Diagram, NodeState
from console.page.parts.elements import Badge, Clock, box, facts, heading, link, text
from console.page.parts.live import Live

_SHOWN = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}
# The library's own header names neither its button nor its field. The field covers the label that names it.
_HEADER = """
<div class="row-of drop">
  <q-btn no-caps unelevated color="blue-10" icon="add_photo_alternate" label="Choose an image" class="choose"
    @click="props.pickFiles" />
  <label class="relative-position">or drop a PNG or JPEG here<q-uploader-add-trigger /></label>
</div>
"""
_REJECTED = "(files) => emit(files.map((entry) => [entry.file.name, entry.file.size, entry.failedPropValidation]))"
_READ_ONLY = "This page is read-only; start it with --allow-actions to send images through the workflow."


class ClassifyPanel:
    """An upload, the workflow's graph, and the answer."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock = Clock()
        self._diagram: Diagram | None = None
        self._graph = Graph((), ())
        heading("Classify", 1)
        with box("two", "broad"):
            with box("sheet"):
                Live(context.poller, topic.workflow_graph(context), self._draw_graph)
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
            )
            .props("accept=image/png,image/jpeg flat bordered")
            .classes("wide upload")
        )
        self._upload.add_slot("header", _HEADER)
        # The library's own handler is not told which file was refused, nor why.
        self._upload.on("rejected", self._refuse, js_handler=_REJECTED)

    def _draw_graph(self, graph: Graph) -> None:
        self._graph = graph
        if not graph.rows:
            text("No version is live yet; approve one in the registry.", "empty", tag="p")
            return
        self._diagram = Diagram(graph, self._states(None), self._clock, None)

    def _refuse(self, event: events.GenericEventArguments) -> None:
        self._answer.clear()
        with self._answer:
            for name, size_in_bytes, reason in event.args:
                with box("banner", "bad"):
                    text(explain_rejection(str(name), int(size_in_bytes), str(reason)), "wrap")

    async def _take(self, event: events.UploadEventArguments) -> None:
        content = await event.file.read()
        self._upload.reset()
        self._answer.clear()
        if self._diagram:
            self._diagram.show(self._states(None))
        with self._answer:
            _show_image(content, event.file.name)
            try:
                arn = await asyncio.to_thread(reader.start, self._context.source, event.file.name, content)
            except Exception as error:
                with box("banner", "bad"):
                    text(format_error(error), "wrap")
                return
            Live(
                self._context.poller, topic.execution(self._context, arn), self._draw_execution, waiting="Classifying …"
            )

    def _draw_execution(self, execution: Execution) -> None:
        if self._diagram:
            self._diagram.show(self._states(execution))
        with box("sheet", "stack", "answer"):
            if execution.retries:
                text(f"{execution.retries} attempts failed and were retried or given up.", "faint")
            if execution.status == "RUNNING":
                Badge("RUNNING")
            elif execution.output.get("status"):
                _draw_answer(execution)
            else:
                Badge("Failed")
                text(execution.error or f"The workflow ended as {execution.status}.", "wrap")

    def _states(self, execution: Execution | None) -> dict[str, NodeState]:
        entered = dict(execution.entered) if execution else {}
        names = [name for row in self._graph.rows for name in row]
        unreached = "" if execution is None else "Waiting" if execution.status == "RUNNING" else "Not reached"
        return {name: NodeState(entered.get(name, unreached), reached=name in entered) for name in names}


def explain_rejection(name: str, bytes_given: int, reason: str) -> str:
    """Why the browser does not upload a file; `reason` is the name of the rule that it breaks."""
    if reason == "accept":
        return f"{name} is no PNG or JPEG image; choose one of these."
    if reason == "max-file-size":
        return f"{name} has {size(bytes_given)}; at most {LARGEST // 2**20} MB are allowed: choose a smaller image."
    return f"{name} was not accepted ({reason}); choose one PNG or JPEG image."


def _show_image(content: bytes, name: str) -> None:
    kind = next((kind for kind, start in _SHOWN.items() if content.startswith(start)), None)
    with box("row-of"):
        if kind and len(content) < 2**20:
            made = ui.image(f"data:{kind};base64,{base64.b64encode(content).decode()}").style("width: 96px")
            made.props["alt"] = f"The image {name}"
        text(name, "mono", "wrap")


def _draw_answer(execution: Execution) -> None:
    answer = execution.output
    Badge(str(answer["status"]))
    heading(f"{answer.get('label')}, {float(answer.get('confidence', 0)):.1%} sure")
    if answer["status"] == "NEEDS_REVIEW":
        text("The model is not sure enough: a person decides.", "wrap")
    else:
        text(f"Assigned to {answer.get('assignment')}.")
    chances = answer.get("probabilities", {})
    facts(
        [
            *([("enough to be sure", f"{float(answer['threshold']):.0%}")] if "threshold" in answer else []),
            *((f"chance of {label}", f"{float(chance):.1%}") for label, chance in chances.items()),
            ("image", str(answer.get("image_uri", ""))),
            ("for review", str(answer.get("review_uri", ""))),
            ("inference id", str(answer.get("inference_id", ""))),
        ]
    )
    if answer.get("model_version"):
        link(f"Answered by version {answer['model_version']}", f"/version/{answer['model_version']}")
