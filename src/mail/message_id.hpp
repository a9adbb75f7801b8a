#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hearback::mail {

// The last `max` ids of a References, In-Reply-To or Message-ID field, without < >.
std::vector<std::string> newest_message_ids(std::string_view body, std::size_t max);

}  // namespace hearback::mail
