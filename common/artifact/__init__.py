"""The artifact of the built-in image classification algorithm, read and written without MXNet.

`params.py` has the parameters' file and `symbol.py` the network's, both as MXNet 1.x writes them; `model.py` has
a whole artifact, `shapes.py` what its network computes, `onnx.py` writes it for ONNX Runtime, `session.py` asks that.
An artifact comes from outside: what is not known is refused by its name, as a BadArtifact, before it is allocated for.
"""
