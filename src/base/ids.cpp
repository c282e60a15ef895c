#include "base/ids.h"

#include <sodium.h>

#include <mutex>

namespace base {

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int random_bits = 22;

constexpr auto epoch = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1};

std::int64_t milliseconds_since_2024() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now() - epoch).count();
}

}  // namespace

std::int64_t make_id() {
  static std::mutex mutex;
  static std::int64_t last = 0;
  const std::int64_t fresh =
      (milliseconds_since_2024() << random_bits) | (randombytes_random() >> (32 - random_bits + 1));
  const std::lock_guard lock(mutex);
  // A clock that was set back, or a second id in the same millisecond, counts on from the last one.
  last = (fresh >> random_bits) > (last >> random_bits) ? fresh : last + 1;
  return last;
}

std::int64_t first_id_at(Instant at) {
  return std::max<std::int64_t>(0, std::chrono::milliseconds(at - epoch).count()) << random_bits;
}

std::string to_text(std::int64_t id) {
  std::string text(13, '0');
  auto rest = static_cast<std::uint64_t>(id);
  for (auto at = text.rbegin(); at != text.rend(); ++at, rest >>= 5) *at = alphabet[rest & 31];
  return text;
}

Result<std::int64_t> id_from_text(std::string_view text) {
  std::uint64_t id = 0;
  bool valid = text.size() == 13 && text[0] >= '0' && text[0] <= '7';  // 63 bits: the first character holds three.
  for (const char c : text) {
    const auto digit = alphabet.find(c);
    valid = valid && digit != std::string_view::npos;
    id = (id << 5) | (digit & 31);
  }
  if (!valid || id == 0) return refuse(Code::not_found, "There is nothing with this id.");
  return static_cast<std::int64_t>(id);
}

}  // namespace base
