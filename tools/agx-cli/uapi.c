// SPDX-License-Identifier: MIT
#include "uapi.h"

#include <string.h>
#include <sys/ioctl.h>

static const struct uapi_ioctl *find_in(const struct uapi_group *group, unsigned long request)
{
	unsigned int i;

	for (i = 0; i < group->num; i++)
		if (_IOC_TYPE(group->ioctls[i].request) == _IOC_TYPE(request) &&
		    _IOC_NR(group->ioctls[i].request) == _IOC_NR(request))
			return &group->ioctls[i];
	return NULL;
}

const struct uapi_ioctl *uapi_find_ioctl(unsigned long request)
{
	const struct uapi_ioctl *found = find_in(&uapi_asahi, request);

	return found ? found : find_in(&uapi_core, request);
}

const char *uapi_name(const struct uapi_name *names, uint64_t value)
{
	for (; names && names->name; names++)
		if (names->value == value)
			return names->name;
	return NULL;
}

uint64_t uapi_value(const struct uapi_field *field, const void *data, unsigned int index)
{
	const uint8_t *at = (const uint8_t *)data + field->offset + index * field->size;
	uint64_t value = 0;
	unsigned int i;

	for (i = 0; i < field->size && i < sizeof(value); i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}
