/// HTTPS as browsers speak it, through nginx: HTTP/2 on a connection that is kept, against one certificate.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace prove {

class Web {
 public:
  /// `base` begins every address; `certificate` is the file of the only one that is believed.
  Web(std::string base, const std::string& certificate);
  ~Web();
  Web(const Web&) = delete;

  struct Reply {
    long status = 0;  ///< 0: no answer.
    std::string etag, body;
  };
  using Headers = std::vector<std::string>;  ///< "Name: value".
  Reply ask(const std::string& method, const std::string& path, const Headers& headers = {},
            const std::string& body = "");
  /// Reads a stream until it ends, `more` says no (asked with everything that comes and each second), or nothing has
  /// come for a minute. The status of its head.
  long follow(const std::string& path, const Headers& headers, const std::function<bool(std::string_view)>& more);

 private:
  Reply perform(const std::string& path, const Headers& headers);
  const std::string base_;
  void* curl_;
};

}  // namespace prove
