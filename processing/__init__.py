"""PrepareData: CIFAR-100 and curated pictures in, train, validation and test pictures and their lists out."""
