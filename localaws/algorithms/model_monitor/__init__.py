"""The stand-in for AWS's image of Model Monitor, sagemaker-model-monitor-analyzer, over tables: on pandas and numpy."""
