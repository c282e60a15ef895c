#include "http/browser.h"

#include <gtest/gtest.h>

namespace browser_test {

using http::browser_of;

TEST(Browser, IsNamedWithItsSystemAndNoCloser) {
  const std::pair<const char*, const char*> cases[] = {
      {"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"},
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
       "Safari/537.36",
       "Chrome on Windows"},
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
       "Safari/537.36 "
       "Edg/141.0.0.0",
       "Edge on Windows"},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
       "Mobile/15E148 Safari/604.1",
       "Safari on iPhone"},
      {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile "
       "Safari/537.36",
       "Chrome on Android"},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
       "Safari/605.1.15",
       "Safari on Mac"},
      {"curl/8.5.0", ""},
      {"", ""},
      {"<b>Ada Lovelace</b> Linux", "Linux"}};
  for (const auto& [sent, name] : cases) EXPECT_EQ(browser_of(sent), name) << sent;
}

}  // namespace browser_test
