"""Application Auto Scaling of endpoints: scalable targets, target-tracking policies, and the loop that follows them."""
