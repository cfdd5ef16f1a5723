"""Container images: which program stands for each, with which packages, and whether the registry has it."""
