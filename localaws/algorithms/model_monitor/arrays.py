"""The one type of array that the analyzer's functions take and give: a vector with an item a row."""

from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
