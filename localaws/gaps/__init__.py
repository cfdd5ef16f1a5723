"""What MiniStack does otherwise than AWS and this project needs, closed in one module each."""
