"""A net's files as MXNet writes them, checked before MXNet reads them: its loaders believe what a file says.

A symbol may name operators that call an address (`_Native`, `_NDArray`) or code by name (`Custom`); parameters may name
a shape whose size overflows, and is then read beyond its memory. What is wrong with a file is a BadModel.
"""

from common.model_files.errors import BadModel
from common.model_files.parameters import check_parameters
from common.model_files.shapes import check_outputs, read_input_shape
from common.model_files.symbol import read_symbol

__all__ = ["BadModel", "check_outputs", "check_parameters", "read_input_shape", "read_symbol"]
