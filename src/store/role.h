/// What somebody is in their school.
#pragma once

#include <optional>
#include <string_view>

namespace store {

enum class Role { admin, office, instructor, learner, guardian };
inline constexpr Role all_roles[] = {Role::admin, Role::office, Role::instructor, Role::learner, Role::guardian};
/// Whoever works for the school.
constexpr bool is_staff(Role role) {
  return role != Role::learner && role != Role::guardian;
}
std::string_view to_string(Role role);
std::optional<Role> role_from_text(std::string_view text);

}  // namespace store
