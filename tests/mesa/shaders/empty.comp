// SPDX-License-Identifier: MIT
// What takes the place of every other shader, to see that this is noticed.
#version 450

layout(local_size_x = 1) in;

void main()
{
}
