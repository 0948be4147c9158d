#include "platform/qr/qr.h"

#include <gtest/gtest.h>

namespace tilth::qr {

TEST(Qr, IsAPictureWithItsQuietZone) {
    const auto picture = svg("https://shop.example.com/c/ABCD2345");
    ASSERT_TRUE(picture);
    EXPECT_TRUE(picture->starts_with("<svg xmlns=")) << *picture;
    // 35 bytes at level M are version 3: 29 modules and twice four.
    EXPECT_NE(picture->find("viewBox=\"0 0 37 37\""), std::string::npos);
    // The finder pattern's corner is dark, the quiet zone is not.
    EXPECT_NE(picture->find("M4 4h1"), std::string::npos);
    EXPECT_EQ(picture->find("M3 "), std::string::npos);
    EXPECT_EQ(*svg("x"), *svg("x"));
    EXPECT_NE(*svg("x"), *svg("y"));
}

TEST(Qr, WhatDoesNotFitIsRefused) {
    EXPECT_FALSE(svg(""));
    EXPECT_FALSE(svg(std::string(kTextBytesMax + 1, 'x')));
    EXPECT_TRUE(svg(std::string(kTextBytesMax, 'x')));
}

}  // namespace tilth::qr
