"""Draw 32x32 images of bicycles, motorcycles and simple figures, as a cheap camera takes them."""
