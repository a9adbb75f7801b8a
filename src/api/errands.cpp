// Work that goes on after its request was answered: deleting a candidate.
#include "api/handlers.hpp"
#include "api/present.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

json::object present(const store::Errand& errand) {
  const auto when = [](const std::optional<Instant>& at) {
    return at ? json::value(to_rfc3339(*at)) : json::value(nullptr);
  };
  return {{"id", errand.id.text()},
          {"kind", errand.kind},
          {"subject", errand.subject},
          {"created", to_rfc3339(errand.created)},
          {"finished", when(errand.finished)},
          {"done", errand.done},
          {"problem", errand.error.empty() ? json::value(nullptr) : json::value(errand.error)}};
}

}  // namespace

Reply list_errands(Call& call) {
  auto errands = call.store().ask(store::Errands{call.scope()});
  if (!errands) return Refusal(errands.error());
  json::array rows;
  for (const auto& errand : *errands) rows.push_back(present(errand));
  return json_response(200, {{"rows", std::move(rows)}});
}

}  // namespace hearback::api
