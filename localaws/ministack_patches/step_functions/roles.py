"""Step Functions under the roles of its state machines: MiniStack runs their tasks as nobody.

The calls are made inside MiniStack, so that its own enforcement does not see them; they are asked about here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import lambda_svc
from ministack.services import stepfunctions as sfn

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.iam.authority import Authority
from localaws.ministack.patching import Patch
from localaws.ministack_patches.step_functions import distributed_map

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Step = Callable[..., Any]
Check = Callable[[str, str, str], None]

_STATES = "states.amazonaws.com"
_role: ContextVar[str] = ContextVar("role", default="")


def patch(aws: Aws) -> Patch:
    """Ask the machine's role before each function, each map, its stop, and what a map reads and writes."""
    authority = aws.authority or Authority(aws.settings)

    def check(role: str, action: str, resource: str) -> None:
        try:
            authority.check(role, action, resource, service=_STATES)
        except AwsError as error:
            # The error that AWS gives a state whose role lacks a permission, of whichever service.
            name = "Lambda.AWSLambdaException" if action.startswith("lambda:") else "States.Permissions"
            raise sfn._ExecutionError(name, error.message) from error

    return Patch(
        enforced={
            distributed_map: {"stop_children": lambda stop: _asking_to_stop(stop, authority)},
            sfn: {
                "_call_lambda": lambda call: _asking_for_functions(call, check),
                "_execute_task": _remembering,
                "_run_distributed_map": lambda run: _asking_for_maps(run, check),
            },
        },
        reads={
            lambda_svc: ("_get_func_record_for_ref",),
            sfn: ("_ExecutionError", "_resolve_params_obj", "_state_machines"),
        },
        after=(
            "step_functions.tasks",
            *("lambda_.errors", "step_functions.distributed_map", "step_functions.functions"),
            "step_functions.versions",
        ),
    )


def _remembering(execute: Step) -> Step:
    def execute_under_role(state: Document, raw: object, execution: Document, context: Document) -> object:
        _role.set(role_of(execution))
        return execute(state, raw, execution, context)

    return execute_under_role


def role_of(execution: Document) -> str:
    """The role of the machine that an execution is of."""
    # The children of a map bear its label behind their machine's name.
    machine = sfn._state_machines.get(execution["stateMachineArn"].partition("/")[0]) or {}
    return str(machine.get("roleArn", ""))


def _asking_for_functions(call: Step, check: Check) -> Step:
    def ask_and_call(function: str, event: object) -> object:
        _, config, _ = lambda_svc._get_func_record_for_ref(function)
        if config:
            check(_role.get(), "lambda:InvokeFunction", config["FunctionArn"])
        return call(function, event)

    return ask_and_call


def _asking_for_maps(run: Step, check: Check) -> Step:
    def ask_and_run(
        state: Document, raw: object, effective: Document, processor: Document, execution: Document, context: Document
    ) -> object:
        role = role_of(execution)
        # https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
        check(role, "states:StartExecution", execution["stateMachineArn"])
        check(role, "states:DescribeExecution", execution["executionArn"])
        if "Parameters" in state.get("ItemReader", {}):
            source = sfn._resolve_params_obj(state["ItemReader"]["Parameters"], effective, context)
            listed = "listObjectsV2" in state["ItemReader"]["Resource"]
            action, key = ("s3:ListBucket", "") if listed else ("s3:GetObject", f"/{source.get('Key')}")
            check(role, action, f"arn:aws:s3:::{source['Bucket']}{key}")
        if "Resource" in state.get("ResultWriter", {}):
            target = sfn._resolve_params_obj(state["ResultWriter"]["Parameters"], effective, context)
            check(role, "s3:PutObject", f"arn:aws:s3:::{target['Bucket']}/{target.get('Prefix', '').rstrip('/')}/*")
        return run(state, raw, effective, processor, execution, context)

    return ask_and_run


def _asking_to_stop(stop: Step, authority: Authority) -> Step:
    """Where the role may not stop executions of its machine, the children of a map go on to their end."""

    def ask_and_stop(execution: Document, map_run: Document) -> None:
        try:
            role = role_of(execution)
            authority.check(role, "states:StopExecution", execution["executionArn"], service=_STATES)
        except AwsError as error:
            logger.warning("The children of %s were not stopped: %s", map_run["mapRunArn"], error.message)
        else:
            stop(execution, map_run)

    return ask_and_stop
