#include "api/device.hpp"

#include <gtest/gtest.h>

namespace hearback::api {
namespace {

TEST(Device, O5_IsToldInWordsThatItsUserKnows) {
  const std::string apple = " AppleWebKit/537.36 (KHTML, like Gecko) ";
  const std::pair<std::string, const char*> table[] = {
      {"Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Linux"},
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64)" + apple + "Chrome/130.0.0.0 Safari/537.36",
       "Chrome, Windows"},
      {"Mozilla/5.0 (Windows NT 10.0)" + apple + "Chrome/130.0 Safari/537.36 Edg/130.0",
       "Edge, Windows"},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" + apple + "Version/18.0 Safari/605.1.15",
       "Safari, macOS"},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)" + apple + "CriOS/130.0 Safari/604",
       "Chrome, iPhone"},
      {"Mozilla/5.0 (Linux; Android 14)" + apple + "Chrome/130.0 Mobile Safari/537.36",
       "Chrome, Android"},
      {"curl/8.5 (Linux)", "Linux"},
      {"<script>alert(1)</script>", ""},
      {"", ""}};
  for (const auto& [agent, words] : table) EXPECT_EQ(device_words(agent), words) << agent;
}

}  // namespace
}  // namespace hearback::api
