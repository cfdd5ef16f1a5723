"""The pipeline's steps, one module each; they share `context`, `outputs`, `processor` and `policies`."""
