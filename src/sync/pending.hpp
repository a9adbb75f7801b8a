#pragma once
// Messages that matched nobody but answer something unknown. When what they answer is stored later
// (a parent in another folder, the same mail in a colleague's box), they belong too. Only numbers
// are held, in memory; for as long as one waits its number is unsettled in the stored cursor, and
// the next life judges it again (see resync.hpp).
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
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
  // References that are held at most, of the nearest of each message.
  static constexpr std::size_t kMost = 100'000, kNearest = 16;

  using Hashes = std::unordered_set<std::uint64_t>;
  static Hashes hashes_of(const std::vector<std::string>& message_ids);

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

  // `references`: nearest first. False, and nothing is noted: what it answers was told while
  // listening. It is to be judged again.
  [[nodiscard]] bool add(const FolderId& folder, std::uint32_t uid,
                         const std::vector<std::string>& references);
  // Since this was last asked some found no room, and wait for nothing.
  bool overflowed() { return std::exchange(overflowed_, false); }
  // Those that answer one of these messages; they wait no longer. Costs what is told and found,
  // whatever waits.
  std::set<Place> take(const Hashes& message_ids);
  std::set<Place> take(const std::vector<std::string>& message_ids) {
    return take(hashes_of(message_ids));
  }
  std::vector<std::uint32_t> waiting_in(const FolderId& folder) const;  // ascending
  void drop(const FolderId& folder);
  // After a settled pass about as many of each folder's newest are kept, for mail that overtakes
  // its parent. True: others were let go of.
  bool keep_newest(std::size_t most);
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return references_; }  // of what waits

 private:
  struct At {
    std::uint32_t folder = 0;  // in folders_
    std::uint32_t uid = 0;
    auto operator<=>(const At&) const = default;
  };
  std::uint32_t number_of(const FolderId& folder);
  void forget_taken();

  std::vector<FolderId> folders_;
  std::unordered_map<FolderId, std::uint32_t> numbers_;  // of these
  std::map<At, std::uint32_t> waiting_;                  // with the number of its references
  // Also of what waits no longer, until it is met or there is too much of it.
  std::unordered_multimap<std::uint64_t, At> by_reference_;
  std::size_t references_ = 0;
  bool overflowed_ = false;
  bool listening_ = false;
  Hashes heard_;  // meanwhile
};

}  // namespace hearback::sync
