"""XGBoost: the stand-in for the algorithm mode of AWS's container images `xgboost` and `sagemaker-xgboost`."""
