#pragma once
// Messages that matched nobody but answer something unknown. When what they answer is stored later
// (a parent in another folder, the same mail in a colleague's box), they belong too. Only numbers
// are held, in memory; the cursor's unsettled runs make up for a crash (see resync.hpp).
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/ids.hpp"

namespace hearback::sync {

class Pending {
 public:
  struct Place {
    FolderId folder;
    std::uint32_t uid = 0;
    auto operator<=>(const Place&) const = default;
  };

  // From before the store is asked whom something answers until what nobody had was added: what
  // is told meanwhile, the store may not have known yet. One at a time.
  class Listening {
   public:
    explicit Listening(Pending& pending) : pending_(pending) { pending_.listening_ = true; }
    ~Listening() {
      pending_.listening_ = false;
      pending_.heard_ = {};
    }
    Listening(const Listening&) = delete;

   private:
    Pending& pending_;
  };

  // False, and nothing is noted: what it answers was told while listening. It is to be judged
  // again.
  [[nodiscard]] bool add(const FolderId& folder, std::uint32_t uid,
                         const std::vector<std::string>& references);
  // Those that answer one of these messages; they wait no longer.
  std::set<Place> take(const std::vector<std::string>& message_ids);
  bool waits_for(const std::vector<std::string>& message_ids) const;
  void drop(const FolderId& folder);
  // After a settled pass about as many of each folder's newest are kept, for mail that overtakes
  // its parent.
  void keep_newest(std::size_t most);
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::uint64_t hash;
    std::uint32_t uid;
    std::uint32_t folder;  // in folders_
  };
  using Hashes = std::unordered_set<std::uint64_t>;
  static Hashes hashes_of(const std::vector<std::string>& message_ids);

  std::vector<FolderId> folders_;
  std::vector<Entry> entries_;
  bool listening_ = false;
  Hashes heard_;  // meanwhile
};

}  // namespace hearback::sync
