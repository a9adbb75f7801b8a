#pragma once
// Blobs (D-2): each is encrypted, frame by frame (store/vault/frames.hpp), with a key of its own,
// which lies, sealed by the master key, in the blob's row. Small ones lie in the row, large ones in
// a file. When the row is gone, so is the key: whatever copies of the file remain can't be read.
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/limits.hpp"
#include "base/octet_range.hpp"
#include "store/engine/db.hpp"
#include "store/vault/changes.hpp"
#include "store/vault/frames.hpp"
#include "store/vault/vault.hpp"

namespace hearback::store {

// A file of the blob folder can't be read just now, which says nothing of the blob: a disk that
// fails, a folder that isn't mounted, no descriptor left.
struct Unread : Refused {};

// A folder of sealed files with random names, in subfolders by their first two letters. Beside
// them: a mark that says whose files they are (store/vault/installation.hpp), and a trash. That a
// database doesn't know a file is no reason to lose it: the database may be the wrong one, or
// restored from a backup.
class BlobFiles {
 public:
  // Empty: there is no folder, everything lies in the database. Throws Refused.
  explicit BlobFiles(std::string directory);
  bool used() const { return !directory_.empty(); }

  // Throw Refused where next to nothing is left of the disk; and where as much can't be written.
  void expect_room() const;
  void try_writing(std::string_view bytes) const;

  // On disk, name included, when this returns. Throws Refused.
  void write(const std::string& name, std::string_view bytes) const;
  // nullopt: it is lost, though the folder is there. Throws Unread.
  std::optional<std::string> read(const std::string& name) const;
  // Those octets alone; nullopt as well where the file has fewer.
  std::optional<std::string> read(const std::string& name, OctetRange range) const;
  void remove(const std::string& name) const noexcept;

  // One step of going through all files: the `step`th subfolder, or (the last step) the trash.
  // What commits that never happened left behind, files older than an hour (by the file system's
  // own clock) of which `known` doesn't say that the database knows them, goes to the trash. What
  // lies there comes back if the database knows it after all (read() does the same), and is lost
  // after 30 days.
  static constexpr int kSweepSteps = 256 + 1;
  using Known = std::function<std::vector<std::string>(const std::vector<std::string>& names)>;
  void sweep(int step, const Known& known) const;

  // Whether there is any file of a blob.
  bool empty() const;
  bool holds(const std::string& name) const;
  const std::string& directory() const { return directory_; }
  std::optional<std::string> mark() const;
  void put_mark(const std::string& text) const;

 private:
  int open_to_read(const std::string& name) const;  // a descriptor; -1: lost. Throws Unread.
  std::string path_of(const std::string& name) const;
  std::string trash_path_of(const std::string& name) const;
  bool take_back(const std::string& name) const;
  void sweep_trash(const Known& known) const;
  std::string directory_;
};

// A blob on its way in: sealed, and its file written, before the transaction begins.
struct SealedBlob {
  BlobId id;
  std::string sealed_key;
  std::uint64_t octets = 0, frame_octets = 0;
  std::string bytes;  // sealed; empty when it lies in a file
  std::string file;
};
using SealedBlobs = std::unordered_map<BlobId, SealedBlob>;

SealedBlob seal_blob(Vault& vault, const BlobFiles& files, const Limits& limits, CompanyId company,
                     const PutBlob& blob);
void insert_blob(Db& db, CompanyId company, const SealedBlob& blob);

// A blob that is there. Those of old are sealed in one piece: all of one is opened for any part.
class StoredBlob {
 public:
  // nullopt: erased, or another key's.
  static std::optional<StoredBlob> find(Db& db, const Vault& vault, const BlobFiles& files,
                                        CompanyId company, BlobId blob);

  std::uint64_t octets() const { return frames_.octets; }
  bool in_frames() const { return frames_.each > 0; }
  // What it holds of them, one behind the other. nullopt: damaged. Throw Unread.
  std::optional<std::string> read(std::span<const OctetRange> ranges) const;
  std::optional<std::string> read_all() const;

 private:
  StoredBlob(Db& db, const BlobFiles& files) : db_(&db), files_(&files) {}
  std::optional<std::string> open_whole() const;
  std::optional<std::string> open_frames(OctetRange frames) const;
  std::optional<std::string> sealed(OctetRange range) const;

  Db* db_;
  const BlobFiles* files_;
  Frames frames_;  // of no octets each: it is in one piece
  std::string key_, file_;
};

// Deletes those of `blobs` that nothing refers to any more, and names the files to remove once the
// transaction is committed.
void drop_unused_blobs(Db& db, CompanyId company, const std::vector<BlobId>& blobs,
                       std::vector<std::string>& files_to_remove);

}  // namespace hearback::store
