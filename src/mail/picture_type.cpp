#include "mail/picture_type.hpp"

namespace hearback::mail {

std::string_view picture_type(std::string_view octets) {
  if (octets.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (octets.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (octets.starts_with("GIF87a") || octets.starts_with("GIF89a")) return "image/gif";
  const bool riff = octets.size() >= 12 && octets.starts_with("RIFF");
  if (riff && octets.substr(8, 4) == "WEBP") return "image/webp";
  return {};
}

}  // namespace hearback::mail
