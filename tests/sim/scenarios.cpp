#include "sim/scenario.hpp"

namespace hearback::sim {

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = {};
  return all;
}

}  // namespace hearback::sim
