// The hold model of hold.ts on std::priority_queue. Arguments: pending events, events to time.
// Prints nanoseconds per event, once warm.
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <vector>

struct Event {
  int64_t time;
  uint64_t order;  // priority above 45 bits of sequence
  double kind, a, b;
};

struct Later {
  bool operator()(const Event& x, const Event& y) const {
    return x.time > y.time || (x.time == y.time && x.order > y.order);
  }
};

int main(int argc, char** argv) {
  const int pending = std::atoi(argv[1]);
  const int events = std::atoi(argv[2]);
  const int delayCount = 65536;
  std::vector<int64_t> delays(delayCount);
  uint32_t state = 12345;
  for (auto& delay : delays) {
    state = state * 1664525u + 1013904223u;
    delay = (int64_t)std::floor(-std::log((state + 0.5) / 4294967296.0) * 1e6);
  }

  std::priority_queue<Event, std::vector<Event>, Later> queue;
  uint64_t sequence = 0;
  auto push = [&](int64_t time, int priority, double kind, double a, double b) {
    queue.push(Event{time, ((uint64_t)priority << 45) + sequence++, kind, a, b});
  };
  for (int i = 0; i < pending; i++) push(delays[i], i & 3, i & 7, i, i);

  double checksum = 0;
  auto hold = [&](int count) {
    for (int i = 0; i < count; i++) {
      const Event event = queue.top();
      queue.pop();
      checksum += event.a;
      push(event.time + delays[i & (delayCount - 1)], i & 3, event.kind, event.a, i);
    }
  };
  hold(events / 4);
  const auto start = std::chrono::steady_clock::now();
  hold(events);
  const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
  std::printf("%.3f\n", elapsed.count() / events);
  return checksum > 0 ? 0 : 1;
}
