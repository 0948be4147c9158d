#pragma once
// Digitised is not online (M-02, M-03): a phone on a card makes a customer known; online is who can be met by a live
// touch point that they consented to. What is live comes as events, in any order: the newest time of an account stands,
// and of equal times the end.

#include <string_view>

#include "modules/customer/api.h"

namespace tilth::customer {

enum class Touch : std::uint8_t { Friend, Follower, Grant, Token, Group };

// Whether the type is one that changes a touch point.
bool is_touch_event(std::string_view type);
// Takes an event of such a type: `properties` may name the account ("account": a staff member, an app, a group). Equal
// or older news change nothing.
Status note_touch(kernel::Unit& unit, const CustomerId& customer, std::string_view type, std::string_view properties,
                  Instant at);

// How a person may be met, by live touch points and that customer's own consent to marketing by their channel.
struct Online {
    bool chat = false;   // 可私聊: a friend, deleted by neither side
    bool push = false;   // 可推送: a follower, an open grant, an app's token
    bool group = false;  // in a group, which alone is no touch point for one customer
    bool online() const { return chat || push; }
};

}  // namespace tilth::customer
