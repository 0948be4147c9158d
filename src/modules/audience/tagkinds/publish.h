#pragma once
// Results of a model, put on people as the tags of an exclusive group.

#include "modules/audience/service.h"

namespace tilth::audience {

struct Part {
    std::string name;  // the tag is named "<group>·<name>"
    std::vector<CustomerId> people;
};
struct PublishedTag {
    SetId id;
    std::string name;
    std::int64_t people = 0;
};
API_STRUCT(PublishedTag, (id, name, people))
struct Published {
    std::vector<PublishedTag> items;  // by part
    std::int64_t put = 0;             // assignments that were not there
    std::int64_t taken = 0;           // … that are no more
};
API_STRUCT(Published, (items, put, taken))

struct Publication {
    std::string group;
    std::string source;  // who put it there: "model:price_band v1"
    TagClass tag_class = TagClass::Modelled;
    std::optional<std::int64_t> life_days;  // counted again from each publication
    std::vector<Part> parts;
};
// Makes the group and its tags where they are missing, and changes assignments to exactly these. Conflict: a tag or
// group of that name is somebody else's. Publishing the same twice changes nothing the second time, unless the tags
// have a life span. In units of a few thousand rows; a crash in between leaves a state that the next run completes.
Result<Published> publish(AudienceService& service, const kernel::Context& context, const Publication& what);

// Hex over who is in which part: equal for equal assignments.
std::string fingerprint_of(const std::vector<Part>& parts);

}  // namespace tilth::audience
