"""PrepareData: CIFAR-100 and curated images in, train, validation and test images and their lists out."""
