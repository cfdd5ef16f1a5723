"""The model server of AWS's framework images: runs a user's `model_fn`, `input_fn`, `predict_fn` and `output_fn`.

It runs in the environment of an image, on that image's Python, which knows no other package of ours and may be older
than the product's: it imports the standard library, and numpy where a request is of numbers. What the functions are
given and what stands for one that is missing is as in the images' public toolkits:
https://github.com/aws/sagemaker-containers (scikit-learn, XGBoost),
https://github.com/aws/sagemaker-inference-toolkit and https://github.com/aws/sagemaker-pytorch-inference-toolkit
(PyTorch), https://github.com/aws/sagemaker-huggingface-inference-toolkit (HuggingFace).
"""

from pathlib import Path

PROGRAM = str(Path(__file__).with_name("__main__.py"))
"""What the image's Python runs, with a framework's name."""
