/** A button that asks for a file of this device, or for several. */

type Props = { label: string; accept: string } & (
  | { take: (file: File) => void }
  | { takeAll: (files: File[]) => void }
)

export function FileButton(props: Props) {
  const { label, accept } = props
  return (
    <label className="button cursor-pointer focus-within:outline-2 focus-within:outline-offset-3 focus-within:outline-rubric">
      {label}
      <input
        type="file"
        className="unseen"
        accept={accept}
        multiple={'takeAll' in props}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])]
          const [file] = files
          if (file && 'take' in props) props.take(file)
          if (file && 'takeAll' in props) props.takeAll(files)
          // The same file, once it is mended, is a choice anew.
          target.value = ''
        }}
      />
    </label>
  )
}
