"""What scripts for AWS's scikit-learn and XGBoost images import of the toolkit in them, where it is not installed.

https://github.com/aws/sagemaker-containers, which is no longer developed and builds for old Pythons alone. Scripts for
training and for serving find this folder at the end of their path; a package that is installed comes first.
"""
