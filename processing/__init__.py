"""PrepareData: CIFAR-100 and curated pictures in, train, validation and test PNGs and their .lst files out."""
