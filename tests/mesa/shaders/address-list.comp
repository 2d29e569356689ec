// SPDX-License-Identifier: MIT
// Follows a list whose elements are found by their addresses.
#version 450
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(buffer_reference) buffer Element;
layout(buffer_reference, std430, buffer_reference_align = 16) buffer Element {
	uint64_t next;
	uint value;
	uint visits;
};

layout(local_size_x = 64) in;
layout(std430, binding = 1) buffer Out { uvec2 results[]; };
layout(push_constant) uniform Push { uint64_t elements; };

void main()
{
	uint i = gl_GlobalInvocationID.x, sum = 0u, steps = 0u;
	uint64_t at = elements + 16ul * i;

	while (at != 0ul) {
		Element element = Element(at);

		sum = sum * 31u + element.value;
		at = element.next;
		steps++;
	}
	results[i] = uvec2(sum, steps);
}
