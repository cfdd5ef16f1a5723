"""deploy_model: keep the endpoint on the version that was approved last."""
