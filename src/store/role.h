/// What somebody is in their school.
#pragma once

#include <optional>
#include <string_view>

namespace store {

enum class Role { admin, office, instructor, learner };
inline constexpr Role all_roles[] = {Role::admin, Role::office, Role::instructor, Role::learner};
std::string_view to_string(Role role);
std::optional<Role> role_from_text(std::string_view text);

}  // namespace store
