"""Draw 32x32 pictures of bicycles, motorcycles and simple figures, as a cheap camera takes them."""
