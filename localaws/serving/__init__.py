"""What endpoints serve with, in memory: fleets, the traffic to them, and what is captured and measured of it."""
