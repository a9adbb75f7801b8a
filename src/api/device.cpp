#include "api/device.hpp"

#include <array>
#include <utility>

namespace hearback::api {
namespace {

using Sign = std::pair<std::string_view, std::string_view>;

// In this order: who came later says it is all of the earlier ones, too.
constexpr std::array<Sign, 10> kBrowsers = {{{"Edg/", "Edge"},
                                             {"EdgA/", "Edge"},
                                             {"EdgiOS/", "Edge"},
                                             {"OPR/", "Opera"},
                                             {"SamsungBrowser/", "Samsung Internet"},
                                             {"FxiOS/", "Firefox"},
                                             {"Firefox/", "Firefox"},
                                             {"CriOS/", "Chrome"},
                                             {"Chrome/", "Chrome"},
                                             {"Safari/", "Safari"}}};
constexpr std::array<Sign, 7> kSystems = {{{"iPhone", "iPhone"},
                                           {"iPad", "iPad"},
                                           {"Android", "Android"},
                                           {"CrOS", "ChromeOS"},
                                           {"Windows", "Windows"},
                                           {"Mac OS X", "macOS"},
                                           {"Linux", "Linux"}}};

template <std::size_t N>
std::string_view named(const std::array<Sign, N>& signs, std::string_view text) {
  for (const auto& [sign, name] : signs)
    if (text.find(sign) != text.npos) return name;
  return {};
}

}  // namespace

std::string device_words(std::string_view user_agent) {
  const std::string browser(named(kBrowsers, user_agent));
  const std::string system(named(kSystems, user_agent));
  return browser.empty() || system.empty() ? browser + system : browser + ", " + system;
}

}  // namespace hearback::api
