"""The portable engine: the networks' training in numpy alone, for machines that MXNet has no wheel for."""
