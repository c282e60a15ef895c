#include "actions/trail.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "auth/throttle.h"

namespace actions {

namespace {

constexpr std::size_t most_waiting = 10'000, most_remembered = 50'000, written_at_once = 200;
constexpr std::chrono::seconds try_again{1};

/// 203.0.113.0/24 or 2001:db8:1::/48: where somebody came from, without who they are. "" for what is no address.
std::string network_of(const std::string& address) {
  std::array<unsigned char, 16> bytes{};
  char text[INET6_ADDRSTRLEN];
  const auto source = auth::source_of(address);
  if (::inet_pton(AF_INET, source.c_str(), bytes.data()) == 1) {
    bytes[3] = 0;
    return std::string(::inet_ntop(AF_INET, bytes.data(), text, sizeof text)) + "/24";
  }
  if (::inet_pton(AF_INET6, source.c_str(), bytes.data()) != 1) return "";
  std::fill(bytes.begin() + 6, bytes.end(), static_cast<unsigned char>(0));
  return std::string(::inet_ntop(AF_INET6, bytes.data(), text, sizeof text)) + "/48";
}

/// Sixteen characters tell addresses apart, and without the school's key nothing else.
void say_where(store::KeyStore& keys, base::SchoolId school, store::Deed& deed, const std::string& address) {
  deed.network = network_of(address);
  deed.address_hash = base::to_base64url(keys.keyed_hash(school, "address", address)).substr(0, 16);
}

}  // namespace

Trail::Trail(Context context, Report report)
    : context_(context), report_(std::move(report)), thread_([this] { loop(); }) {}

Trail::~Trail() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

/// Whether it was taken down lately; it is from now on.
bool Trail::known(base::SchoolId school, const store::Deed& deed, const std::string& address) {
  if (!deed.actor) return false;  // Each failed sign-in counts.
  auto text = fmt::format("{} {} {} {} {}", school.value, deed.actor.value, address, deed.action, deed.what);
  for (const auto person : deed.whose) text += fmt::format(" {}", person.value);
  const auto digest = base::sha256(base::bytes_of(text));
  const auto found = lately_.find(digest);
  if (found != lately_.end() && deed.at < found->second + same_deed && deed.at >= found->second) return true;
  if (lately_.size() >= most_remembered) {
    std::erase_if(lately_, [&](const auto& entry) { return entry.second + same_deed <= deed.at; });
    if (lately_.size() >= most_remembered) lately_.clear();
  }
  lately_.insert_or_assign(digest, deed.at);
  return false;
}

base::Done Trail::note(base::SchoolId school, store::Deed deed, const std::string& address) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= most_waiting)
      return base::refuse(base::Code::unavailable, "What is looked at cannot be taken down at the moment.");
    if (known(school, deed, address)) return base::done();
    queue_.push_back({school, std::move(deed), address});
  }
  wake_.notify_one();
  return base::done();
}

base::Done Trail::keep(base::SchoolId school, store::Deed deed, const std::string& address) {
  say_where(context_.keys, school, deed, address);
  return context_.database.transact<std::monostate>(school, [&](store::Transaction& tx) -> base::Done {
    store::record(tx, school, std::span(&deed, 1));
    return base::done();
  });
}

/// All of one school.
void Trail::write(std::span<Waiting> waiting) {
  const auto school = waiting.front().school;
  std::vector<store::Deed> deeds;
  for (auto& [of, deed, address] : waiting) {
    say_where(context_.keys, school, deed, address);
    deeds.push_back(deed);
  }
  const auto written = context_.database.transact<std::monostate>(school, [&](store::Transaction& tx) -> base::Done {
    store::record(tx, school, deeds);
    return base::done();
  });
  if (!written) throw std::runtime_error(written.error().detail);
}

void Trail::loop() {
  std::vector<Waiting> batch;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !queue_.empty() || !batch.empty(); });
      wake_.wait_for(lock, gathered, [this] { return stopping_; });
      if (batch.empty()) batch.swap(queue_);
      if (batch.empty()) return;  // It stops, and everything is written.
    }
    std::ranges::stable_sort(batch, {}, &Waiting::school);
    try {
      while (!batch.empty()) {
        const auto school = batch.front().school;
        const auto end = std::ranges::find_if(batch, [&](const auto& each) { return each.school != school; });
        const auto count = std::min<std::ptrdiff_t>(written_at_once, end - batch.begin());
        write(std::span(batch).first(static_cast<std::size_t>(count)));
        batch.erase(batch.begin(), batch.begin() + count);
      }
    } catch (const std::exception& error) {  // The database or the key store is away.
      report_(fmt::format("{} deeds are not written yet: {}", batch.size(), error.what()));
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, try_again, [this] { return stopping_; })) return;
    }
  }
}

}  // namespace actions
