# cmake -DOUT=file.cpp -DNAME=variable -P embed.cmake file…  → `const std::vector<std::pair<std::string_view, std::string_view>> embedded::NAME`
# holding name and text of each file, sorted by name.
set(entries "")
math(EXPR last "${CMAKE_ARGC} - 1")
set(seen_script FALSE)
foreach(i RANGE ${last})
  set(argument "${CMAKE_ARGV${i}}")
  if(seen_script)
    get_filename_component(file_name "${argument}" NAME)
    file(READ "${argument}" text)
    string(APPEND entries "    {\"${file_name}\", R\"embedded(${text})embedded\"},\n")
  elseif(argument MATCHES "embed.cmake$")
    set(seen_script TRUE)
  endif()
endforeach()
file(WRITE "${OUT}" "#include <string_view>\n#include <utility>\n#include <vector>\n
namespace embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> ${NAME};
const std::vector<std::pair<std::string_view, std::string_view>> ${NAME} = {
${entries}};
}  // namespace embedded\n")
