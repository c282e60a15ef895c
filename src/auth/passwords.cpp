#include "auth/passwords.h"

#include <sodium.h>

#include <unordered_set>

#include "base/crypto.h"

namespace embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> common_passwords;
}

namespace auth {

namespace {

constexpr std::chrono::seconds longest_wait{5};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

const std::unordered_set<std::string_view>& common_passwords() {
  static const auto all = [] {
    std::unordered_set<std::string_view> words;
    auto text = embedded::common_passwords.front().second;
    while (!text.empty()) {
      const auto end = text.find('\n');
      words.insert(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    return words;
  }();
  return all;
}

/// One or two different characters, over and over.
bool monotonous(std::string_view text) {
  return std::unordered_set<char>(text.begin(), text.end()).size() <= 2;
}

base::Done refuse(std::string message) {
  return base::refuse(base::Error{.code = base::Code::invalid_input,
                                  .detail = "The password cannot be used.",
                                  .fields = {{"/password", std::move(message)}}});
}

}  // namespace

base::Done check_password(std::string_view password, std::string_view email) {
  const base::TextLimits limits{
      .min = shortest_password, .max = longest_password, .lines = base::TextLimits::Lines::many};
  if (auto problem = base::text_problem(password, limits)) return refuse(*problem);
  const auto plain = lower(password);
  if (common_passwords().contains(plain) || monotonous(plain))
    return refuse("This password is one of the first that anybody would try. Choose another.");
  const auto address = lower(email);
  const auto name = address.substr(0, address.find('@'));
  if (!address.empty() && (plain == address || (plain.starts_with(name) && plain.size() < name.size() + 5)))
    return refuse("This password is too close to the e-mail address. Choose another.");
  return base::done();
}

/// The right to hash, given back at the end.
class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {
    std::unique_lock lock(hasher_.mutex_);
    if (hasher_.waiting_ >= hasher_.options_.waiting) return;
    ++hasher_.waiting_;
    granted = hasher_.free_.wait_for(lock, longest_wait, [&] { return hasher_.running_ < hasher_.options_.at_once; });
    --hasher_.waiting_;
    if (granted) ++hasher_.running_;
  }
  ~Turn() {
    if (!granted) return;
    {
      const std::lock_guard lock(hasher_.mutex_);
      --hasher_.running_;
    }
    hasher_.free_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool granted = false;

 private:
  PasswordHasher& hasher_;
};

PasswordHasher::PasswordHasher() : PasswordHasher(Options{}) {}
PasswordHasher::PasswordHasher(Options options)
    : options_(options), dummy_(hash_now(base::text_of(base::random_bytes(24)))) {}

std::string PasswordHasher::hash_now(std::string_view password) const {
  char text[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(text, password.data(), password.size(), options_.passes, options_.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();  // The only way in which hashing fails.
  return text;
}

namespace {
auto too_busy() {
  return base::refuse(base::Code::unavailable, "Too many people are signing in right now. Try again in a moment.");
}
}  // namespace

base::Result<std::string> PasswordHasher::hash(std::string_view password) {
  const Turn turn(*this);
  if (!turn.granted) return too_busy();
  return hash_now(password);
}

base::Result<PasswordHasher::Verdict> PasswordHasher::verify(std::string_view password,
                                                             const std::optional<std::string>& hash) {
  const Turn turn(*this);
  if (!turn.granted) return too_busy();
  const auto& text = hash ? *hash : dummy_;
  const bool right = crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0 && hash.has_value();
  return Verdict{
      .right = right,
      .outdated = right && crypto_pwhash_str_needs_rehash(text.c_str(), options_.passes, options_.memory_bytes) != 0};
}

}  // namespace auth
