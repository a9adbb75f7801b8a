#include "sim/journey_scenario.hpp"
#include "sim/outbox_scenario.hpp"
#include "sim/scenario.hpp"
#include "sim/sync_scenario.hpp"

namespace hearback::sim {

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = {
      {"outbox", run_outbox, {"resend-after-dot"}},
      {"sync", run_sync, {"cursor-without-messages", "body-before-its-candidate"}},
      {"journey", run_journey, {}},
  };
  return all;
}

}  // namespace hearback::sim
