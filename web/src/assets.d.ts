/** What Vite understands besides code. */

declare module '*.css'
