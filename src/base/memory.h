/// How the heap of the process grows and shrinks, for the server and for what measures its functions.
#pragma once

#include <malloc.h>

#include <algorithm>
#include <thread>

namespace base {

/// Once, before there are other threads; mallopt(3). Whoever builds calendars lets go of as much as they take: given
/// back to the system at once, half the time would go into getting it back page by page.
inline void settle_heap() {
  // glibc would make eight heaps a core, each of which keeps what its threads once needed.
  mallopt(M_ARENA_MAX, static_cast<int>(std::max(2U, std::thread::hardware_concurrency())));
  mallopt(M_TRIM_THRESHOLD, 16 << 20);  // Kept at the end of a heap.
  mallopt(M_MMAP_THRESHOLD, 4 << 20);   // Setting one ends its growing, which would have made this 32 MiB at last.
}

}  // namespace base
