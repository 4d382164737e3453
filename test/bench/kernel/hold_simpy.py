"""The hold model of hold.ts in SimPy: one process per pending event, each waiting again and again.

Arguments: pending events, events to time. Prints nanoseconds per event, once warm.
"""
import math
import sys
import time

import simpy

pending, events = int(sys.argv[1]), int(sys.argv[2])

delays = []
state = 12345
for _ in range(65536):
    state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
    delays.append(math.floor(-math.log((state + 0.5) / 4294967296) * 1e6))

env = simpy.Environment()
taken = 0


def holder(first):
    global taken
    yield env.timeout(first)
    while True:
        taken += 1
        yield env.timeout(delays[taken & 65535])


for i in range(pending):
    env.process(holder(delays[i]))
for _ in range(2 * pending):  # every process has begun
    env.step()

start = time.perf_counter_ns()
for _ in range(events):
    env.step()
print((time.perf_counter_ns() - start) / events)
