"""A student's first function: it loads an image and answers it as base64, which is bytes."""

import base64

import boto3

s3 = boto3.client("s3")


def lambda_handler(event, context):
    key, bucket = event["s3_key"], event["s3_bucket"]
    s3.download_file(bucket, key, "/tmp/image.png")
    with open("/tmp/image.png", "rb") as image:
        image_data = base64.b64encode(image.read())
    print("Event:", event.keys())
    return {
        "statusCode": 200,
        "body": {"image_data": image_data, "s3_bucket": bucket, "s3_key": key, "inferences": []},
    }
