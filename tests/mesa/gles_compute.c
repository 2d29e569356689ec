// SPDX-License-Identifier: MIT
/*
 * The same for OpenGL ES: a buffer, a compute shader, and a fence. It prints what the shader has
 * stored.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl31.h>

#define NUM_WORDS 4096
#define GROUP 64
#define TIMEOUT_NS UINT64_C(60000000000)

static const char source[] =
	"#version 310 es\n"
	"layout(local_size_x = 64) in;\n"
	"layout(std430, binding = 0) buffer Out { uint words[]; };\n"
	"void main() { words[gl_GlobalInvocationID.x] = gl_GlobalInvocationID.x * 3u + 7u; }\n";

static void die(const char *what)
{
	fprintf(stderr, "%s: EGL %#x\n", what, eglGetError());
	exit(1);
}

static EGLDisplay open_display(void)
{
	PFNEGLGETPLATFORMDISPLAYEXTPROC get_display =
		(PFNEGLGETPLATFORMDISPLAYEXTPROC)eglGetProcAddress("eglGetPlatformDisplayEXT");
	EGLDisplay display;

	if (!get_display)
		die("no eglGetPlatformDisplayEXT");
	display = get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
	if (!display || !eglInitialize(display, NULL, NULL))
		die("no display");
	return display;
}

static EGLContext make_context(EGLDisplay display)
{
	static const EGLint attributes[] = {
		EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 1, EGL_NONE,
	};
	EGLContext context;

	eglBindAPI(EGL_OPENGL_ES_API);
	context = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
	if (!context || !eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context))
		die("no context");
	return context;
}

static GLuint make_program(void)
{
	const char *const sources[] = { source };
	GLuint shader = glCreateShader(GL_COMPUTE_SHADER);
	GLuint program = glCreateProgram();
	GLint linked;

	glShaderSource(shader, 1, sources, NULL);
	glCompileShader(shader);
	glAttachShader(program, shader);
	glLinkProgram(program);
	glDeleteShader(shader);
	glGetProgramiv(program, GL_LINK_STATUS, &linked);
	if (!linked)
		die("no program");
	return program;
}

static void wait_for_gpu(void)
{
	GLsync sync = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);

	if (glClientWaitSync(sync, GL_SYNC_FLUSH_COMMANDS_BIT, TIMEOUT_NS) ==
	    GL_TIMEOUT_EXPIRED)
		die("no end in sight");
	glDeleteSync(sync);
}

int main(void)
{
	const GLsizeiptr size = NUM_WORDS * sizeof(uint32_t);
	EGLDisplay display = open_display();
	EGLContext context = make_context(display);
	GLuint program = make_program();
	uint32_t i, right = 0;
	const uint32_t *words;
	GLuint buffer;

	printf("%s\n", (const char *)glGetString(GL_RENDERER));
	glGenBuffers(1, &buffer);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer);
	glBufferData(GL_SHADER_STORAGE_BUFFER, size, NULL, GL_DYNAMIC_READ);
	glUseProgram(program);
	glDispatchCompute(NUM_WORDS / GROUP, 1, 1);
	glMemoryBarrier(GL_BUFFER_UPDATE_BARRIER_BIT);
	wait_for_gpu();

	words = glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, size, GL_MAP_READ_BIT);
	if (!words)
		die("no mapping");
	for (i = 0; i < NUM_WORDS; i++)
		right += words[i] == i * 3 + 7;
	printf("%u of %u words, [0] = %u, [%u] = %u\n", right, NUM_WORDS, words[0], NUM_WORDS - 1,
	       words[NUM_WORDS - 1]);
	glUnmapBuffer(GL_SHADER_STORAGE_BUFFER);
	glDeleteBuffers(1, &buffer);
	glDeleteProgram(program);
	eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	eglDestroyContext(display, context);
	eglTerminate(display);
	return right != NUM_WORDS;
}
