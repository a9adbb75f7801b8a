#include "api/external_ids.hpp"

#include "mail/unseen.hpp"
#include "net/http_message.hpp"

namespace hearback::api {
namespace {

constexpr Length kLength = {1, 200};

}  // namespace

boost::json::value present_external_id(const std::string& external_id) {
  if (external_id.empty()) return nullptr;
  return boost::json::value(external_id);
}

std::optional<std::string> read_external_id(Members& members) {
  auto text = members.text_or_null("external_id", kLength, Lines::name);
  if (text) text = mail::trim_unseen(*text);
  return text;
}

Read<std::string> external_id_in_path(const Call& call) {
  const auto text = net::percent_decode(call.path.at(0), false);
  if (!text)
    return refuse_field("external_id", "field.invalid", "The external id can’t be read.",
                        "Write a percent sign as %25.");
  const boost::json::object named{{"external_id", *text}};
  Members members(named);
  auto external_id = members.text("external_id", kLength, Lines::name);
  if (auto problem = members.problem()) return Refusal(*problem);
  return std::string(mail::trim_unseen(external_id));
}

}  // namespace hearback::api
