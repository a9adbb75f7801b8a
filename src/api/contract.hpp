#pragma once
#include <string_view>

namespace hearback::api {

// openapi.yaml as it was when the program was built; see CMakeLists.txt.
std::string_view contract();

}  // namespace hearback::api
